import { checkParameters, findEstimator, soloTeam } from '@pgml/engine';
import { loadKernels } from '@pgml/kernels';
import { makeTable } from './estimators/data.mjs';
const [algorithm, task, reps] = process.argv.slice(2);
const e = findEstimator(algorithm, task); const {rows,features,classes=2,hyperparameters={}}=e.typical;
const {x,y}=makeTable(task,e.typical); const kernels=loadKernels();
const base=kernels.allocate(4*rows*features); const c=kernels.f32(base,rows*features); for(let r=0;r<rows;r++)for(let f=0;f<features;f++)c[f*rows+r]=x[r*features+f];
const tp=kernels.allocate(4*rows); const target=kernels.f32(tp,rows); target.set(y);
const data={rows,features,columnPointer:f=>base+4*rows*f,column:f=>kernels.f32(base+4*rows*f,rows),target,targetPointer:tp,targets:1,targetOf:()=>target,categories:()=>0,classes:task==='classification'?classes:0,classNames:['0','1']};
for(let i=0;i<Number(reps??3);i++){const m=kernels.mark();const t=process.cpuUsage();const f=e.fit(data,checkParameters(e,hyperparameters),{kernels,team:soloTeam(kernels.run),seed:0,checkpoint(){}});const d=process.cpuUsage(t);console.log((d.user+d.system)/1e6, JSON.stringify(f.details).slice(0,150));kernels.release(m);}
